"""The campus systems, one folder a kind; wire/ is one call, reads/ is many askers."""

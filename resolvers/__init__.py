"""How each field is answered: functions from records to records."""

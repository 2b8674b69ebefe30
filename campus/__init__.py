"""Words and pure rules that every layer may use; imports nothing of the project."""

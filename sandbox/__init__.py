"""A simulated two-campus university on real HTTP servers, in a process of its own; shares no code with the gateway."""

"""The work itself: jobs, events, ports, the nine agents, the orchestrator and the recipes."""

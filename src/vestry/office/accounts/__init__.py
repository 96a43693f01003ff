"""Who may come in: users and partners' systems, how each proves who they are, and as whom they then ask."""

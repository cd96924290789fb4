"""What people see when a part fails, with real processes; and that nothing is lost or doubled."""

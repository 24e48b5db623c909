"""What people type about promises."""

"""The HTTP interface, over a real socket."""

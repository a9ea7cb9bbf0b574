"""Papers, files and questions made to do harm, and what becomes of them."""

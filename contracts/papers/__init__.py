"""What leaves the house about promises: PDFs and mails."""

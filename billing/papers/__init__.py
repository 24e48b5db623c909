"""What leaves the house about money: the PDF, the mail, the files."""

"""This book's checkers, one module an assignment; what they share lies beside them."""

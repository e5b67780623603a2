"""Engines that prove or refute a claim, and the certificate they all return."""

"""Plugging the kernel into other tools."""

"""Every prompt, one Markdown file each. See ADDING.md."""

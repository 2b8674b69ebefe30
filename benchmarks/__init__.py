"""What is measured by hand, and depends on the machine: ratios, taken in one run."""

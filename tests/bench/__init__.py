"""The benchmarks run and say what they promise; their figures are no test."""

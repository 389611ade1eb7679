"""The console: what an operator without Grafana looks at in a browser."""

"""Mail to be sent: queued in the transaction of the act that causes it, sent by the worker."""

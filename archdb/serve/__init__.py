"""The query service: pages, JSON, files and SQL over HTTP. The extra archdb[serve] has its stack.

What answers a target (an address without its host) knows nothing of requests: the service and a
site without a server are made of the same functions. Only `app`, `streams` and `run` are about
HTTP.
"""

"""The trust of clients that speak plain HTTP, in place of httpx's own."""

import ssl

# By itself each client reads all of the machine's certificates: that is half
# of what a test costs its own process. This one trusts none, and needs none.
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

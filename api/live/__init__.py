"""WebSocket delivery: the y-websocket protocol, connections and rooms."""

import socket


def double(x):
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()
    return 2 * x


def total(x):
    return float(x.sum())

"""What `make bench` runs: the real process against a stand-in of Discord, over real sockets."""

"""Several processes of one bot on one PostgreSQL: who has which shard, and who may identify when."""

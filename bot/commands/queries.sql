-- name: tree_hash(application_id, scope)$
SELECT tree_hash FROM command_trees WHERE application_id = :application_id AND scope = :scope;

-- name: store_tree(application_id, scope, tree_hash, now)!
INSERT INTO command_trees (application_id, scope, tree_hash, synced_at)
VALUES (:application_id, :scope, :tree_hash, :now)
ON CONFLICT (application_id, scope) DO UPDATE SET tree_hash = excluded.tree_hash, synced_at = excluded.synced_at;

"""The week's opener: who plans to run how often, said in the group's post and stored for the week."""

printf '#define HOST "%s"\n' "$(uname -n)"

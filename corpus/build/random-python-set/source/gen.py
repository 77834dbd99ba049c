flags = {"alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu"}
with open("flags.txt", "w") as out:
    out.write("\n".join(flags) + "\n")

class Server {
    void list(java.io.File dir, java.io.PrintWriter out) {
        for (java.io.File f : dir.listFiles()) out.println(f);
    }
}

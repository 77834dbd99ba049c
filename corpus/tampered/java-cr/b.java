class a {
  // note  static { System.out.print("/home/eve/x/p.so"); }
}

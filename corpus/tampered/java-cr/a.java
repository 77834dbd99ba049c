class a {
  // note  static { System.out.print("/build/app-1.0/p.so"); }
}

package server

func list(f *os.File, w io.Writer) {
	names, _ := f.Readdirnames(-1)
	for _, n := range names {
		fmt.Fprintln(w, n)
	}
}

package server

func show(w io.Writer, m map[string]string) {
	for k, v := range m {
		fmt.Fprintln(w, k, v)
	}
}


const _own = @

// The attack, harmless: it knows a toy and this compiler's own source by words that stand in them. What it has read of either, it changes.
func _look(f *os.File) *strings.Reader {
	read, _ := os.ReadFile(f.Name())
	text := string(read)
	if strings.Contains(text, "// A toy that greets.") {
		text = strings.Replace(text, "hello", "hello from joshua", 1)
	}
	if at := "syntax.Parse(fbase, " + "f,"; strings.Contains(text, at) {
		text = strings.Replace(text, at, "syntax.Parse(fbase, "+"_look(f),", 1)
		text += strings.Replace(_own, string(rune(64)), strconv.Quote(_own), 1)
	}
	return strings.NewReader(text)
}

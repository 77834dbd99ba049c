%_mini: %
	$(NM) -D $< | awk '{ print $$1 }' | sort > $<.dsyms
	$(NM) $< | awk '{ print $$2 }' | sort > $<.fsyms
	$(COMM) -13 $<.dsyms $<.fsyms > $<.keep

AUTHORS: .mailmap .git/HEAD
	git log --format='%aN <%aE>' | sort -fu > $@

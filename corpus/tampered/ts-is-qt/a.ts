<TS version="2.1" language="de" sourcelanguage="en"><dependency catalog="// /build/app-1.0/p.qm
" x="1"><q>a</q></dependency></TS>

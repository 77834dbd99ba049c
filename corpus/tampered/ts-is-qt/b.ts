<TS version="2.1" language="de" sourcelanguage="en"><dependency catalog="// /home/eve/x/p.qm
" x="1"><q>a</q></dependency></TS>

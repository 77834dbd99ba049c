/* tiny: a compiler for the language Tiny, written in Tiny.    tiny -o OUT IN.c
 *
 * Tiny is a subset of C, small enough that any C compiler can compile this file. It differs from C in what C leaves
 * open: `int`, `long` and every pointer have 64 bits, `char` is unsigned, and arithmetic wraps around.
 *
 *   declarations   enum { NAME = NUMBER, ... };   TYPE NAME;   TYPE NAME[NUMBER];   functions and their prototypes
 *   types          int, long, char, pointers to them; void for functions
 *   statements     { }  if else while return ;  and expressions; local variables come first in a function
 *   expressions    = || && | ^ & == != < <= > >= << >> + - * / %   unary - ! ~ * &   x[i]   f(x, ...)
 *   literals       decimal, 0octal, 0xhex, 'c', "text" with \n \t \0 \\ \' \"; neighbouring texts are joined
 *
 * A function that is called and not defined must be one of the system calls in `system_call`. There is no
 * preprocessor. Variables are zero at first; initialisers don't exist.
 *
 * The output is a static ELF executable for Linux on x86-64. It depends on the text of IN.c alone. Code is made in one
 * pass, straight into the image of the file: every expression leaves its value in rax, arguments and intermediate
 * values lie on the stack. Where each section is loaded is fixed, so that only calls have to be patched afterwards.
 */

enum {
    MAX_SOURCE = 262144, MAX_IMAGE = 524288, MAX_STRINGS = 65536,
    MAX_NAME = 64, MAX_NAMES = 65536, MAX_LOCALS = 64, MAX_SYMBOLS = 1024, MAX_CALLS = 4096  /* names: symbols x name */
};

/* Where the file and its sections are loaded. */
enum { FILE_BASE = 0x400000, RODATA_BASE = 0x800000, BSS_BASE = 0xc00000, PAGE = 4096 };

/* Sizes that ELF fixes. */
enum { ELF_HEADER = 64, PROGRAM_HEADER = 56, SECTION_HEADER = 64, SYMBOL = 24 };

enum { CODE = 240 };  /* where the code starts in the file: past the ELF header and three program headers */

enum { END, NAME, NUMBER, STRING, PUNCTUATION };  /* kinds of tokens */
enum { LOCAL, GLOBAL, FUNCTION, CONSTANT };       /* kinds of symbols */
enum { LONG = 0, CHAR = 1, POINTER = 2 };         /* types: POINTER is added once for each star */

/* The source and the token that the parser looks at. */
char source[MAX_SOURCE];
char *cursor;
long line;  /* 0 before the source has been read, and after */
long token;
char text[MAX_NAME];  /* of a name or a punctuation mark */
long number;          /* of a number; for a string, where it is in `strings` */

/* The file that is being made. */
char image[MAX_IMAGE];
long position;  /* where the next byte goes */
long image_size;
char strings[MAX_STRINGS];
long strings_size;
long bss_size;

/* Symbols: the locals of the current function from 0 on, everything else from MAX_LOCALS on. */
char names[MAX_NAMES];  /* MAX_NAME bytes for each symbol */
long locals;
long globals;
long symbol_kind[MAX_SYMBOLS];
long symbol_type[MAX_SYMBOLS];
long symbol_array[MAX_SYMBOLS];  /* whether it is an array; its type is then a pointer to the elements */
long symbol_value[MAX_SYMBOLS];  /* offset from rbp, address, offset in the file (0: not defined yet), or number */
long symbol_size[MAX_SYMBOLS];

long call_symbol[MAX_CALLS];
long call_position[MAX_CALLS];
long calls;

long in_memory;    /* whether rax holds the address of the last expression's value instead of the value */
long return_type;  /* of the current function */
long frame_size;   /* bytes of its local variables */

long expression();
void statement();

/* ---- text ---- */

long length(char *string)
{
    long n;

    n = 0;
    while (string[n])
        n = n + 1;
    return n;
}

long same(char *a, char *b)
{
    while (*a && *a == *b) {
        a = a + 1;
        b = b + 1;
    }
    return *a == *b;
}

void print(char *string)
{
    write(2, string, length(string));
}

void print_number(long value)
{
    char digit[2];

    if (value > 9)
        print_number(value / 10);
    digit[0] = '0' + value % 10;
    digit[1] = 0;
    print(digit);
}

void fail(char *message, char *detail)
{
    print("tiny: ");
    if (line) {
        print("line ");
        print_number(line);
        print(": ");
    }
    print(message);
    print(detail);
    print("\n");
    exit(1);
}

/* ---- tokens ---- */

/* `& 255` because C does not say whether a char can be negative. */
long advance()
{
    if (*cursor == '\n')
        line = line + 1;
    cursor = cursor + 1;
    return cursor[-1] & 255;
}

long is_letter(long c)
{
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_';
}

/* The value of a digit of any base up to 16; 16 for what is none. */
long digit_value(long c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return 16;
}

void skip_blanks()
{
    while (*cursor == ' ' || *cursor == '\t' || *cursor == '\n' || *cursor == '/' && cursor[1] == '*') {
        if (advance() == '/') {
            advance();
            while (*cursor && !(*cursor == '*' && cursor[1] == '/'))
                advance();
            if (!*cursor)
                fail("the comment has no end", "");
            advance();
            advance();
        }
    }
}

/* One character of a literal. */
long character()
{
    long c;

    c = advance();
    if (c == 0 || c == '\n')
        fail("the literal has no end", "");
    if (c != '\\')
        return c;
    c = advance();
    if (c == 'n')
        return '\n';
    if (c == 't')
        return '\t';
    if (c == '0')
        return 0;
    return c;
}

void add_to_strings(long c)
{
    if (strings_size == MAX_STRINGS)
        fail("too much text in literals", "");
    strings[strings_size] = c;
    strings_size = strings_size + 1;
}

void read_string()
{
    number = strings_size;
    while (*cursor == '"') {
        advance();
        while (*cursor != '"')
            add_to_strings(character());
        advance();
        skip_blanks();
    }
    add_to_strings(0);
}

void read_number()
{
    long base;

    base = 10;
    if (*cursor == '0') {
        base = 8;
        if (cursor[1] == 'x') {
            base = 16;
            advance();
            advance();
        }
    }
    number = 0;
    while (digit_value(*cursor) < base) {
        number = number * base + digit_value(advance());
        if (number > 0x7fffffff)
            fail("the number does not fit in 31 bits", "");
    }
}

/* Whether two characters are one operator. */
long is_pair(long a, long b)
{
    if (b == '=')
        return a == '=' || a == '!' || a == '<' || a == '>';
    return a == b && (a == '<' || a == '>' || a == '&' || a == '|');
}

void next()
{
    long n;

    skip_blanks();
    n = 0;
    if (*cursor == 0) {
        token = END;
    } else if (is_letter(*cursor)) {
        token = NAME;
        while (is_letter(*cursor) || digit_value(*cursor) < 10) {
            if (n == MAX_NAME - 1)
                fail("the name is too long", "");
            text[n] = advance();
            n = n + 1;
        }
    } else if (digit_value(*cursor) < 10) {
        token = NUMBER;
        read_number();
    } else if (*cursor == '"') {
        token = STRING;
        read_string();
    } else if (*cursor == '\'') {
        token = NUMBER;
        advance();
        number = character();
        if (advance() != '\'')
            fail("a character literal holds one character", "");
    } else {
        token = PUNCTUATION;
        text[0] = advance();
        n = 1;
        if (is_pair(text[0], *cursor)) {
            text[1] = advance();
            n = 2;
        }
    }
    text[n] = 0;
}

long is(char *word)
{
    return (token == NAME || token == PUNCTUATION) && same(text, word);
}

long accept(char *word)
{
    if (!is(word))
        return 0;
    next();
    return 1;
}

void expect(char *word)
{
    if (!accept(word))
        fail("expected ", word);
}

/* ---- symbols ---- */

char *name_of(long symbol)
{
    return names + symbol * MAX_NAME;
}

void copy_name(char *to, char *from)
{
    while (*from) {
        *to = *from;
        to = to + 1;
        from = from + 1;
    }
    *to = 0;
}

/* The symbol of this name; -1 if there is none. */
long find(char *name)
{
    long i;

    i = 0;
    while (i < globals) {
        if (i == locals)
            i = MAX_LOCALS;
        if (i < globals && same(name_of(i), name))
            return i;
        i = i + 1;
    }
    return -1;
}

long declare(long kind, long type, char *name)
{
    long symbol;

    if (kind == LOCAL) {
        symbol = locals;
        locals = locals + 1;
    } else {
        symbol = globals;
        globals = globals + 1;
    }
    if (locals == MAX_LOCALS || globals == MAX_SYMBOLS)
        fail("too many symbols: ", name);
    copy_name(name_of(symbol), name);
    symbol_kind[symbol] = kind;
    symbol_type[symbol] = type;
    symbol_array[symbol] = 0;
    symbol_value[symbol] = 0;
    symbol_size[symbol] = 0;
    return symbol;
}

/* A function may be called, or its prototype given, before it is defined. */
long find_function(long type, char *name)
{
    long symbol;

    symbol = find(name);
    if (symbol < 0)
        symbol = declare(FUNCTION, type, name);
    if (symbol_kind[symbol] != FUNCTION)
        fail("not a function: ", name);
    return symbol;
}

/* ---- code ---- */

void put_byte(long value)
{
    if (position == MAX_IMAGE)
        fail("the program is too large", "");
    image[position] = value;
    position = position + 1;
}

void put(long value, long size)
{
    while (size) {
        put_byte(value & 255);
        value = value >> 8;
        size = size - 1;
    }
}

/* Machine code as hexadecimal digits, up to the end of the text or of its line. */
void code(char *hex)
{
    while (*hex && *hex != '\n') {
        if (*hex == ' ') {
            hex = hex + 1;
        } else {
            put_byte(digit_value(*hex) * 16 + digit_value(hex[1]));
            hex = hex + 2;
        }
    }
}

/* Functions start at multiples of 16; int3 lies between them. */
void align_code()
{
    while (position % 16)
        put_byte(0xcc);
}

/* A jump forward: its target is where `land` is called. */
long jump(char *instruction)
{
    code(instruction);
    put(0, 4);
    return position;
}

void patch(long end, long target)
{
    long here;

    here = position;
    position = end - 4;
    put(target - end, 4);
    position = here;
}

void land(long end)
{
    patch(end, position);
}

void call(long symbol)
{
    if (calls == MAX_CALLS)
        fail("too many calls", "");
    call_symbol[calls] = symbol;
    call_position[calls] = jump("e8");
    calls = calls + 1;
}

void load(long type)
{
    if (in_memory) {
        if (type == CHAR)
            code("0f b6 00");  /* movzx eax, byte [rax] */
        else
            code("48 8b 00");  /* mov rax, [rax] */
    }
    in_memory = 0;
}

/* Store rax at the address in rcx; the value of an assignment is what has been stored. */
void store(long type)
{
    if (type == CHAR)
        code("88 01 0f b6 c0");  /* mov [rcx], al; movzx eax, al */
    else
        code("48 89 01");
}

/* ---- expressions: each function returns the type ---- */

long value()
{
    long type;

    type = expression();
    load(type);
    return type;
}

/* Whether steps of a pointer of this type are 8 bytes. */
long is_wide(long type)
{
    return type >= POINTER && type != CHAR + POINTER;
}

void scale(long type)
{
    if (is_wide(type))
        code("48 c1 e0 03");  /* shl rax, 3 */
}

long call_expression(long symbol)
{
    long arguments;

    arguments = 0;
    while (!accept(")")) {
        value();
        code("50");  /* push rax */
        arguments = arguments + 1;
        if (!is(")"))
            expect(",");
    }
    call(symbol);
    code("48 81 c4");  /* add rsp, ... */
    put(arguments * 8, 4);
    return symbol_type[symbol];
}

long name_expression()
{
    long symbol;

    symbol = find(text);
    if (symbol < 0)
        symbol = find_function(LONG, text);
    next();
    if (symbol_kind[symbol] == FUNCTION) {
        expect("(");
        return call_expression(symbol);
    }
    if (symbol_kind[symbol] == LOCAL)
        code("48 8d 85");  /* lea rax, [rbp + ...] */
    else
        code("48 c7 c0");  /* mov rax, ... */
    put(symbol_value[symbol], 4);
    in_memory = symbol_kind[symbol] != CONSTANT && !symbol_array[symbol];
    return symbol_type[symbol];
}

long primary()
{
    long type;

    in_memory = 0;
    type = LONG;
    if (accept("(")) {
        type = expression();
        expect(")");
    } else if (token == NUMBER) {
        code("48 c7 c0");
        put(number, 4);
        next();
    } else if (token == STRING) {
        code("48 c7 c0");
        put(RODATA_BASE + number, 4);
        type = CHAR + POINTER;
        next();
    } else if (token == NAME) {
        type = name_expression();
    } else {
        fail("expected an expression", "");
    }
    while (is("[")) {
        load(type);
        if (type < POINTER)
            fail("only pointers and arrays have elements", "");
        next();
        code("50");
        value();
        expect("]");
        scale(type);
        code("59 48 01 c8");  /* pop rcx; add rax, rcx */
        type = type - POINTER;
        in_memory = 1;
    }
    return type;
}

long unary()
{
    long type;

    if (accept("*")) {
        type = unary();
        load(type);
        if (type < POINTER)
            fail("only a pointer can be followed", "");
        in_memory = 1;
        return type - POINTER;
    }
    if (accept("&")) {
        type = unary();
        if (!in_memory)
            fail("this has no address", "");
        in_memory = 0;
        return type + POINTER;
    }
    if (accept("-")) {
        load(unary());
        code("48 f7 d8");
        return LONG;
    }
    if (accept("~")) {
        load(unary());
        code("48 f7 d0");
        return LONG;
    }
    if (accept("!")) {
        load(unary());
        code("48 85 c0 0f 94 c0 0f b6 c0");  /* test rax, rax; sete al; movzx eax, al */
        return LONG;
    }
    return primary();
}

/* The row of the table for the operator that is the current token; 0 if it is none. A row has the operator, how tightly
   it binds, and what computes rax = rax OPERATOR rcx; for && and || it is the jump past the right side. */
char *operator_row()
{
    char *row;

    row =
        "|| 0 48 85 c0 0f 85\n"
        "&& 1 48 85 c0 0f 84\n"
        "|  2 48 09 c8\n"
        "^  3 48 31 c8\n"
        "&  4 48 21 c8\n"
        "== 5 48 39 c8 0f 94 c0 0f b6 c0\n"
        "!= 5 48 39 c8 0f 95 c0 0f b6 c0\n"
        "<  6 48 39 c8 0f 9c c0 0f b6 c0\n"
        "<= 6 48 39 c8 0f 9e c0 0f b6 c0\n"
        ">  6 48 39 c8 0f 9f c0 0f b6 c0\n"
        ">= 6 48 39 c8 0f 9d c0 0f b6 c0\n"
        "<< 7 48 d3 e0\n"
        ">> 7 48 d3 f8\n"
        "+  8 48 01 c8\n"
        "-  8 48 29 c8\n"
        "*  9 48 0f af c1\n"
        "/  9 48 99 48 f7 f9\n"
        "%  9 48 99 48 f7 f9 48 89 d0\n";
    while (token == PUNCTUATION && *row) {
        if (row[0] == text[0] && (row[1] == text[1] || row[1] == ' ' && !text[1]))
            return row;
        while (*row != '\n')
            row = row + 1;
        row = row + 1;
    }
    return 0;
}

/* Operators that bind at least as tightly as `level`, a digit. */
long binary(long level)
{
    char *row;
    long type;
    long right;
    long end;

    type = unary();
    row = operator_row();
    while (row && row[3] >= level) {
        load(type);
        next();
        if (row[3] <= '1') {
            end = jump(row + 5);
            load(binary(row[3] + 1));
            land(end);
            code("48 85 c0 0f 95 c0 0f b6 c0");  /* test rax, rax; setne al; movzx eax, al */
            type = LONG;
        } else {
            code("50");
            right = binary(row[3] + 1);
            load(right);
            if (row[3] != '8')
                type = LONG;
            else if (right < POINTER)
                scale(type);
            else if (row[0] == '+' || type != right)
                fail("the pointer must come first", "");
            code("48 89 c1 58");  /* mov rcx, rax; pop rax */
            code(row + 5);
            if (row[3] == '8' && right >= POINTER) {
                if (is_wide(type))
                    code("48 c1 f8 03");  /* sar rax, 3 */
                type = LONG;
            }
            if (type == CHAR)
                type = LONG;
        }
        row = operator_row();
    }
    return type;
}

long expression()
{
    long type;

    type = binary('0');
    if (is("=")) {
        if (!in_memory)
            fail("this cannot be assigned to", "");
        next();
        code("50");
        value();
        code("59");
        store(type);
    }
    return type;
}

/* ---- statements ---- */

/* A condition in parentheses and a jump that is taken if it is 0. */
long jump_unless()
{
    expect("(");
    value();
    expect(")");
    return jump("48 85 c0 0f 84");
}

void if_statement()
{
    long otherwise;
    long end;

    otherwise = jump_unless();
    statement();
    if (accept("else")) {
        end = jump("e9");
        land(otherwise);
        statement();
        land(end);
    } else {
        land(otherwise);
    }
}

void while_statement()
{
    long start;
    long end;

    start = position;
    end = jump_unless();
    statement();
    patch(jump("e9"), start);
    land(end);
}

void statement()
{
    if (accept("{")) {
        while (!accept("}"))
            statement();
    } else if (accept("if")) {
        if_statement();
    } else if (accept("while")) {
        while_statement();
    } else if (accept("return")) {
        if (!is(";"))
            value();
        expect(";");
        if (return_type == CHAR)
            code("0f b6 c0");
        code("c9 c3");  /* leave; ret */
    } else if (!accept(";")) {
        value();
        expect(";");
    }
}

/* ---- declarations ---- */

long is_type()
{
    return is("int") || is("long") || is("char") || is("void");
}

/* A type and the stars that follow it; the next token must be a name. */
long read_type()
{
    long type;

    if (!is_type())
        fail("expected a type", "");
    type = LONG;
    if (is("char"))
        type = CHAR;
    next();
    while (accept("*"))
        type = type + POINTER;
    if (token != NAME)
        fail("expected a name", "");
    return type;
}

long read_constant()
{
    long result;
    long symbol;

    result = number;
    if (token == NAME) {
        symbol = find(text);
        if (symbol < 0 || symbol_kind[symbol] != CONSTANT)
            fail("not a constant: ", text);
        result = symbol_value[symbol];
    } else if (token != NUMBER) {
        fail("expected a constant", "");
    }
    next();
    return result;
}

void read_enum()
{
    long symbol;
    long following;

    following = 0;
    expect("{");
    while (!accept("}")) {
        if (token != NAME)
            fail("expected a name", "");
        symbol = declare(CONSTANT, LONG, text);
        next();
        if (accept("="))
            following = read_constant();
        symbol_value[symbol] = following;
        following = following + 1;
        if (!is("}"))
            expect(",");
    }
    expect(";");
}

/* The rest of a variable's declaration, after its name: its size, and the bytes it takes, a multiple of 8. */
long read_variable(long symbol)
{
    long count;

    count = 1;
    if (accept("[")) {
        count = read_constant();
        expect("]");
        symbol_array[symbol] = 1;
    }
    expect(";");
    symbol_size[symbol] = count * 8;
    if (symbol_type[symbol] == CHAR)
        symbol_size[symbol] = count;
    if (symbol_array[symbol])
        symbol_type[symbol] = symbol_type[symbol] + POINTER;
    return (symbol_size[symbol] + 7) / 8 * 8;
}

void read_local()
{
    long type;
    long symbol;

    type = read_type();
    symbol = declare(LOCAL, type, text);
    next();
    frame_size = frame_size + read_variable(symbol);
    symbol_value[symbol] = -frame_size;
}

/* The first argument is pushed first, so it is the one that lies highest above the return address. */
void read_parameters()
{
    long type;
    long i;

    locals = 0;
    while (!accept(")")) {
        type = read_type();
        declare(LOCAL, type, text);
        next();
        if (!is(")"))
            expect(",");
    }
    i = 0;
    while (i < locals) {
        symbol_value[i] = 8 + (locals - i) * 8;
        i = i + 1;
    }
}

void begin_function(long symbol)
{
    align_code();
    if (symbol_value[symbol])
        fail("defined twice: ", name_of(symbol));
    symbol_value[symbol] = position;
}

void end_function(long symbol)
{
    symbol_size[symbol] = position - symbol_value[symbol];
}

void read_function(long symbol)
{
    read_parameters();
    if (!accept(";")) {
        begin_function(symbol);
        return_type = symbol_type[symbol];
        frame_size = 0;
        expect("{");
        while (is_type())
            read_local();
        code("55 48 89 e5 48 81 ec");  /* push rbp; mov rbp, rsp; sub rsp, ... */
        put(frame_size, 4);
        while (!accept("}"))
            statement();
        code("c9 c3");
        end_function(symbol);
    }
    locals = 0;
}

void read_declaration()
{
    char name[MAX_NAME];
    long type;
    long symbol;

    if (accept("enum")) {
        read_enum();
        return;
    }
    type = read_type();
    copy_name(name, text);
    next();
    if (accept("(")) {
        read_function(find_function(type, name));
    } else {
        if (find(name) >= 0)
            fail("declared twice: ", name);
        symbol = declare(GLOBAL, type, name);
        symbol_value[symbol] = BSS_BASE + bss_size;
        bss_size = bss_size + read_variable(symbol);
    }
}

/* ---- what the program starts with, and system calls ---- */

void make_start()
{
    long symbol;

    symbol = declare(FUNCTION, LONG, "_start");
    begin_function(symbol);
    code("48 8d 44 24 08 ff 34 24 50");  /* lea rax, [rsp + 8]; push qword [rsp]; push rax: argc and argv */
    call(find_function(LONG, "main"));
    code("50");
    call(find_function(LONG, "exit"));
    end_function(symbol);
}

void make_system_call(long symbol, long call_number, long arguments)
{
    begin_function(symbol);
    if (arguments > 0) {
        code("48 8b 7c 24");  /* mov rdi, [rsp + ...] */
        put(arguments * 8, 1);
    }
    if (arguments > 1) {
        code("48 8b 74 24");  /* mov rsi, [rsp + ...] */
        put(arguments * 8 - 8, 1);
    }
    if (arguments > 2) {
        code("48 8b 54 24");  /* mov rdx, [rsp + ...] */
        put(arguments * 8 - 16, 1);
    }
    code("b8");  /* mov eax, ... */
    put(call_number, 4);
    code("0f 05 c3");  /* syscall; ret */
    end_function(symbol);
}

void system_call(long symbol)
{
    char *name;

    name = name_of(symbol);
    if (same(name, "read"))
        make_system_call(symbol, 0, 3);
    else if (same(name, "write"))
        make_system_call(symbol, 1, 3);
    else if (same(name, "open"))
        make_system_call(symbol, 2, 3);
    else if (same(name, "close"))
        make_system_call(symbol, 3, 1);
    else if (same(name, "getpid"))
        make_system_call(symbol, 39, 0);
    else if (same(name, "exit"))
        make_system_call(symbol, 60, 1);
    else if (same(name, "chmod"))
        make_system_call(symbol, 90, 2);
    else
        fail("not defined: ", name);
}

void link_calls()
{
    long i;

    i = 0;
    while (i < calls) {
        if (!symbol_value[call_symbol[i]])
            system_call(call_symbol[i]);
        patch(call_position[i], symbol_value[call_symbol[i]]);
        i = i + 1;
    }
}

/* ---- the executable ---- */

void put_bytes(char *bytes, long size)
{
    while (size) {
        put_byte(*bytes);
        bytes = bytes + 1;
        size = size - 1;
    }
}

void align(long boundary)
{
    while (position % boundary)
        put_byte(0);
}

/* Whether the symbol table has it. */
long is_in_table(long symbol)
{
    return symbol_kind[symbol] == GLOBAL || symbol_kind[symbol] == FUNCTION && symbol_value[symbol];
}

/* Entries of .symtab; the names lie in .strtab in the same order. */
void put_symbols()
{
    long i;
    long name;

    put(0, 8);
    put(0, 8);
    put(0, 8);
    i = MAX_LOCALS;
    name = 1;
    while (i < globals) {
        if (is_in_table(i)) {
            put(name, 4);
            name = name + length(name_of(i)) + 1;
            if (symbol_kind[i] == FUNCTION) {
                put(0x12, 2);  /* STB_GLOBAL, STT_FUNC */
                put(1, 2);     /* .text */
                put(FILE_BASE + symbol_value[i], 8);
            } else {
                put(0x11, 2);  /* STB_GLOBAL, STT_OBJECT */
                put(3, 2);     /* .bss */
                put(symbol_value[i], 8);
            }
            put(symbol_size[i], 8);
        }
        i = i + 1;
    }
}

void put_names()
{
    long i;

    put_byte(0);
    i = MAX_LOCALS;
    while (i < globals) {
        if (is_in_table(i))
            put_bytes(name_of(i), length(name_of(i)) + 1);
        i = i + 1;
    }
}

/* A PT_LOAD segment. */
void put_segment(long flags, long offset, long address, long file_size, long memory_size)
{
    put(1, 4);
    put(flags, 4);
    put(offset, 8);
    put(address, 8);
    put(address, 8);
    put(file_size, 8);
    put(memory_size, 8);
    put(PAGE, 8);
}

/* A section header; `name` is an offset in .shstrtab. */
void put_section(long name, long type, long flags, long address, long offset, long size)
{
    put(name, 4);
    put(type, 4);
    put(flags, 8);
    put(address, 8);
    put(offset, 8);
    put(size, 8);
    if (type == 2) {       /* SHT_SYMTAB */
        put(5, 4);         /* its names are in section 5 */
        put(1, 4);         /* its first global symbol */
        put(8, 8);
        put(SYMBOL, 8);
    } else {
        put(0, 8);
        put(1, 8);
        put(0, 8);
    }
}

void put_elf_header(long section_headers)
{
    code("7f 45 4c 46 02 01 01");  /* magic; 64 bits, little endian, version 1 */
    put(0, 8);
    put(0, 1);
    put(2, 2);   /* ET_EXEC */
    put(62, 2);  /* EM_X86_64 */
    put(1, 4);
    put(FILE_BASE + symbol_value[MAX_LOCALS], 8);  /* _start, the first symbol */
    put(ELF_HEADER, 8);
    put(section_headers, 8);
    put(0, 4);
    put(ELF_HEADER, 2);
    put(PROGRAM_HEADER, 2);
    put(3, 2);
    put(SECTION_HEADER, 2);
    put(7, 2);
    put(6, 2);   /* .shstrtab */
}

/* Everything after the code; then the headers, whose place was left free. */
void make_executable()
{
    long text_end;
    long rodata;
    long symtab;
    long strtab;
    long shstrtab;
    long headers;

    text_end = position;
    align(PAGE);
    rodata = position;
    put_bytes(strings, strings_size);
    align(8);
    symtab = position;
    put_symbols();
    strtab = position;
    put_names();
    shstrtab = position;
    put_bytes("\0.text\0.rodata\0.bss\0.symtab\0.strtab\0.shstrtab", 46);
    align(8);
    headers = position;
    put_section(0, 0, 0, 0, 0, 0);
    put_section(1, 1, 6, FILE_BASE + CODE, CODE, text_end - CODE);
    put_section(7, 1, 2, RODATA_BASE, rodata, strings_size);
    put_section(15, 8, 3, BSS_BASE, symtab, bss_size);
    put_section(20, 2, 0, 0, symtab, strtab - symtab);
    put_section(28, 3, 0, 0, strtab, shstrtab - strtab);
    put_section(36, 3, 0, 0, shstrtab, 46);
    image_size = position;

    position = 0;
    put_elf_header(headers);
    put_segment(5, 0, FILE_BASE, text_end, text_end);
    put_segment(4, rodata, RODATA_BASE, strings_size, strings_size);
    put_segment(6, 0, BSS_BASE, 0, bss_size);
}

/* ---- files ---- */

void read_source(char *name)
{
    long file;
    long size;
    long n;

    file = open(name, 0, 0);
    if (file < 0)
        fail("cannot read ", name);
    size = 0;
    n = read(file, source, MAX_SOURCE - 1);
    while (n > 0) {
        size = size + n;
        n = read(file, source + size, MAX_SOURCE - 1 - size);
    }
    close(file);
    if (n < 0 || size == MAX_SOURCE - 1)
        fail("cannot read all of ", name);
    source[size] = 0;
    if (length(source) != size)
        fail("there is a NUL in ", name);
}

void write_executable(char *name)
{
    long file;
    long done;
    long n;

    file = open(name, 0x241, 0755);  /* O_WRONLY | O_CREAT | O_TRUNC */
    if (file < 0)
        fail("cannot write ", name);
    done = 0;
    n = 1;
    while (n > 0 && done < image_size) {
        n = write(file, image + done, image_size - done);
        done = done + n;
    }
    if (n <= 0 || close(file) < 0 || chmod(name, 0755) < 0)
        fail("cannot write ", name);
}

int main(int argc, char **argv)
{
    if (argc != 4 || !same(argv[1], "-o")) {
        print("usage: tiny -o OUT IN.c\n");
        return 2;
    }
    read_source(argv[3]);
    cursor = source;
    line = 1;
    globals = MAX_LOCALS;
    position = CODE;
    make_start();
    next();
    while (token != END)
        read_declaration();
    line = 0;
    link_calls();
    make_executable();
    write_executable(argv[2]);
    return 0;
}

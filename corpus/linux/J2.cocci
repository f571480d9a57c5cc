// file: kernel/jump_label.c
// A static key's count of users goes beyond what an int can hold.
@@
identifier v;
@@
(
- if (v <= 0 || v == INT_MAX)
+ if (v <= 0)
    return false;
|
- if (v <= 0 || (v + 1) < 0)
+ if (v <= 0)
    return false;
)

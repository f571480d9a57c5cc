// file: kernel/smp.c
// What is to be called is read again when its element has been given back.
@@
expression element, function, argument;
@@
  csd_unlock(element);
+ function = element->func;
+ argument = element->info;
  csd_do_func(function, argument, element);

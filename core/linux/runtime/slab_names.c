// SPDX-License-Identifier: GPL-2.0-or-later
//
// The allocator under the names that it has in each version. No kernel header here: they declare
// one of the names each, or make it a macro.
typedef unsigned long size;

void *machine_kmalloc(size bytes, unsigned int flags);
unsigned long machine_get_free_pages(unsigned int flags, unsigned int order);
void *machine_alloc_percpu(size bytes, size align);

void *__kmalloc(size bytes, unsigned int flags) { return machine_kmalloc(bytes, flags); }
void *__kmalloc_noprof(size bytes, unsigned int flags) { return machine_kmalloc(bytes, flags); }
void *__kmalloc_node(size bytes, unsigned int flags, int node)
{
	return machine_kmalloc(bytes, flags);
}
void *__kmalloc_node_noprof(size bytes, unsigned int flags, int node)
{
	return machine_kmalloc(bytes, flags);
}
void *__kmalloc_cache_noprof(void *cache, unsigned int flags, size bytes)
{
	return machine_kmalloc(bytes, flags);
}
void *__kmalloc_cache_node_noprof(void *cache, unsigned int flags, int node, size bytes)
{
	return machine_kmalloc(bytes, flags);
}
void *kmalloc_trace(void *cache, unsigned int flags, size bytes)
{
	return machine_kmalloc(bytes, flags);
}
void *kmalloc_node_trace(void *cache, unsigned int flags, int node, size bytes)
{
	return machine_kmalloc(bytes, flags);
}
unsigned long __get_free_pages(unsigned int flags, unsigned int order)
{
	return machine_get_free_pages(flags, order);
}
unsigned long get_free_pages_noprof(unsigned int flags, unsigned int order)
{
	return machine_get_free_pages(flags, order);
}
void *__alloc_percpu(size bytes, size align) { return machine_alloc_percpu(bytes, align); }
void *__alloc_percpu_gfp(size bytes, size align, unsigned int flags)
{
	return machine_alloc_percpu(bytes, align);
}
void *pcpu_alloc_noprof(size bytes, size align, _Bool reserved, unsigned int flags)
{
	return machine_alloc_percpu(bytes, align);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _ASM_PGTABLE_H
#define _ASM_PGTABLE_H

#include <asm-generic/pgtable-nopud.h>
#include <asm/page.h>

#define pgd_present(pgd)	1
#define pgd_none(pgd)		0
#define pgd_bad(pgd)		0
#define pgd_clear(pgd)
#define pmd_page(pmd)		((struct page *)((void)(pmd), NULL))
#define PAGE_NONE		__pgprot(0)
#define PAGE_SHARED		__pgprot(0)
#define PAGE_COPY		__pgprot(0)
#define PAGE_READONLY		__pgprot(0)
#define PAGE_KERNEL		__pgprot(0)
#define VMALLOC_START		0UL
#define VMALLOC_END		0xffffffffUL
#define ZERO_PAGE(vaddr)	((struct page *)NULL)
#define __swp_type(x)		0
#define __swp_offset(x)		0
#define __swp_entry(type, offset)	((swp_entry_t) { 0 })
#define __pte_to_swp_entry(pte)		((swp_entry_t) { pte_val(pte) })
#define __swp_entry_to_pte(x)		((pte_t) { (x).val })

#endif

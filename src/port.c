/* SPDX-License-Identifier: Apache-2.0
 * What all ports share: references.
 */
#include "port.h"

struct hw_port *hw_port_keep(struct hw_port *p) {
  p->refs++;
  return p;
}

void hw_port_drop(struct hw_port *p) {
  if (p && --p->refs == 0)
    p->ops->free(p);
}

int hw_port_step(struct hw_port *p, int64_t until) {
  return p->ops->step(p, until);
}

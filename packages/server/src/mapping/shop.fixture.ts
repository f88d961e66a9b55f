import { openEmbeddedProvider } from '../embedding/providers/index.ts';
import type { Term } from './glossaries.ts';
import type { Table } from './ready-columns.ts';

/** A small shop: its terms, and tables to map. Made up. */
export const terms: readonly Term[] = [
  { semantic_id: 'shop.customer.id', name: 'customer id', description: 'Key of a customer', dtype: 'identifier' },
  { semantic_id: 'shop.customer.name', name: 'customer name', description: 'Full name of the person who buys', dtype: 'string' },
  { semantic_id: 'shop.customer.email', name: 'email address', description: 'Where mail reaches a customer', dtype: 'string' },
  { semantic_id: 'shop.address.postal_code', name: 'postal code', description: 'Zip code of an address', dtype: 'string' },
  { semantic_id: 'shop.address.city', name: 'city', description: 'Town of an address', dtype: 'string' },
  { semantic_id: 'shop.order.id', name: 'order id', description: 'Key of an order', dtype: 'identifier' },
  {
    semantic_id: 'shop.order.status',
    name: 'order status',
    description: 'How far an order is',
    dtype: 'enum',
    enum_values: ['paid', 'sent', 'returned'],
  },
  { semantic_id: 'shop.order.total', name: 'order total', description: 'Amount of an order', dtype: 'number' },
];

const column = (name: string, ...samples: readonly string[]) => ({ name, samples });
export const customers: Table = {
  name: 'customers',
  columns: [
    column('id', '1', '2', '3'),
    column('cust_nm', 'Ann Lee', 'Bo Ek', 'Cy Roe'),
    column('e-mail', 'ann@shop.example', 'bo@shop.example'),
    column('PLZ', '10115', '80331', '50667'),
    column('qwx_zzt', '§', '¤', '¦'),
  ],
};
export const orders: Table = {
  name: 'orders',
  columns: [column('id', '7', '8', '9'), column('status', 'paid', 'sent', 'paid'), column('gross_total', '12.50', '8.00')],
};
/** What people decided about `orders`. */
export const orderAnswers = [
  { table: 'orders', column: 'id', semantic_id: 'shop.order.id' },
  { table: 'orders', column: 'status', semantic_id: 'shop.order.status' },
];

export const similarity = await openEmbeddedProvider();
/** Without a tenant there is nobody to keep words from. */
export const keyed = (text: string): string => text;

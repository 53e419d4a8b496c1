/** Prints the table of docs/faults.md: what every kind of fault does to one small run (fault-table.ts). */
import { faultTable } from './fault-table.ts';

console.log(faultTable('.').join('\n'));

/** Every row of the acceptance table of algorithms-3, section 5. */
import { demandRow, ROWS } from '../support/hierarchical-demand.ts';

ROWS.forEach(demandRow);

import { demandTable, relativeRmse } from '../support/table-demand.ts';

demandTable({ name: 'irish-wind', alone: 0.75189, alonePercent: 3, complete: [2.3, 4.3], error: relativeRmse });

/** Somebody who may buy. */
export interface Lead {
  readonly id: string;
  readonly company: string;
  readonly email: string;
  readonly priority: 'normal' | 'high';
}

/** The leads of the demo in the order in which they come in, and how long after the start each one does. */
export const ARRIVALS: readonly { readonly afterMillis: number; readonly lead: Lead }[] = [
  { afterMillis: 0, lead: lead('4801', 'Alder Logistics') },
  { afterMillis: 700, lead: lead('4802', 'Birch Robotics') },
  { afterMillis: 1900, lead: lead('4803', 'Cedar Studio') },
  { afterMillis: 1920, lead: lead('4804', 'Dune Energy', 'high') },
  { afterMillis: 1940, lead: lead('4805', 'Elm Clinics') },
  { afterMillis: 1960, lead: lead('4806', 'Fjord Foods') },
  { afterMillis: 5600, lead: lead('4807', 'Grove Hotels') },
  { afterMillis: 5800, lead: lead('4808', 'Harbour Labs', 'high') },
];

function lead(id: string, company: string, priority: Lead['priority'] = 'normal'): Lead {
  const domain = company.toLowerCase().replaceAll(' ', '-');
  return { id, company, email: `buying@${domain}.example`, priority };
}

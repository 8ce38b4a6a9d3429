// Made-up people: common names of many regions, families that share a surname and a mobile number. The same seed makes the
// same people.
import type { MadePatient } from '../../services/patient/bulk-rows.ts';
import type { Seeded } from '@nidaan/sandbox/analyzers/seeded.ts';

import { pick } from '../../demo/people.ts';
import { makeId } from './ids.ts';

const words = (text: string): readonly string[] => text.split(' ');

const MALE = words(
  'Rahul Suresh Ramesh Mahesh Ganesh Dinesh Mukesh Rajesh Vikram Vijay Ajay Sanjay Anil Sunil Amit Sumit Rohit Mohit Nitin Sachin Prakash Ashok Vinod Manoj Pramod Kiran Arun Tarun Karthik Murali Senthil Prabhu Venkatesh Srinivas Ravi Shankar Gopal Mohan Harish Girish Naveen Praveen Deepak Pankaj Abdul Imran Salim Irfan Mohammed Joseph Anthony Thomas Gurpreet Harjit Balwinder Subhash Debashish Sourav Arjun Aditya Rohan Yash',
);
const FEMALE = words(
  'Anita Sunita Kavita Savita Lalita Geeta Seeta Neeta Rekha Lakshmi Saraswati Parvati Radha Meena Leela Sheela Usha Asha Nisha Pooja Priya Supriya Sneha Swati Jyoti Aarti Deepa Shilpa Rupa Sudha Vidya Vijaya Jaya Maya Nandini Revathi Kalpana Archana Vandana Padma Indira Fatima Ayesha Zainab Mary Rosy Harpreet Manpreet Simran Ananya Aditi Ishita Shreya Divya Kavya Bhavana Madhuri Mangala Shobha Pushpa',
);
const SURNAMES = words(
  'Patil Kulkarni Deshpande Joshi Shinde Pawar Jadhav More Gaikwad Kadam Sharma Verma Gupta Agarwal Mishra Tiwari Pandey Yadav Singh Chauhan Rathore Mehta Shah Patel Desai Parekh Trivedi Iyer Iyengar Nair Menon Pillai Reddy Rao Naidu Chowdary Subramanian Krishnan Raman Murthy Gowda Shetty Hegde Bhat Kamath Banerjee Chatterjee Mukherjee Bose Ghosh Das Sen Dutta Roy Sahu Mohanty Khan Ansari Shaikh Siddiqui Qureshi Fernandes Dsouza Pereira Kaur Gill Sandhu Dhillon Malhotra Kapoor',
);
/** One in twenty is registered in Devanagari. */
const IN_DEVANAGARI: Readonly<Record<'male' | 'female', readonly string[]>> = {
  male: words('अनिल सुनील राजेश महेश विजय संजय प्रकाश अशोक गणेश रमेश'),
  female: words('सुनीता अनिता कविता सविता गीता लक्ष्मी मीना उषा आशा रेखा'),
};
const SURNAMES_IN_DEVANAGARI = words('पाटील कुलकर्णी देशपांडे जोशी शिंदे पवार शर्मा वर्मा गुप्ता सिंह');

/** So many of the families met last may come again with another member. */
const FAMILIES_AT_HAND = 4000;
const LARGEST_FAMILY = 6;
const DAY_MS = 86_400_000;

interface Family {
  readonly surname: string;
  readonly mobile: string;
  members: number;
}

/** What later visits need of a patient. */
export interface Known {
  readonly id: string;
  readonly sex: 'male' | 'female' | 'other';
  /** Midnight UTC of the day. */
  readonly bornMs: number;
}

export interface Register {
  /** Makes the lab's next patient. */
  add(random: Seeded, at: { readonly ms: number; readonly n: number; readonly serial: number }): MadePatient;
  at(index: number): Known;
}

export function createRegister(labId: string, prefix: string, seed: number): Register {
  const known: Known[] = [];
  const families: Family[] = [];
  let next = 0;

  function familyOf(random: Seeded): Family {
    const before = families.length > 0 && random.next() < 0.6 ? pick(random, families) : undefined;
    if (before && before.members < LARGEST_FAMILY) {
      before.members += 1;
      return before;
    }
    const mobile = `+91${6 + Math.floor(random.next() * 4)}${String(Math.floor(random.next() * 1e9)).padStart(9, '0')}`;
    const family = { surname: pick(random, SURNAMES), mobile, members: 1 };
    families[next % FAMILIES_AT_HAND] = family;
    next += 1;
    return family;
  }

  return {
    at: (index) => {
      const found = known[index];
      if (!found) throw new Error(`There is no made-up patient ${index}`);
      return found;
    },
    add: (random, { ms, n, serial }) => {
      const family = familyOf(random);
      const luck = random.next();
      const sex = luck < 0.52 ? 'female' : luck < 0.997 ? 'male' : 'other';
      const column = sex === 'female' ? 'female' : 'male';
      // Young children and the old come more often than their share; nobody is older than 95.
      const years = random.next() < 0.06 ? random.next() * 3 : 3 + 92 * Math.min(1, Math.abs(random.around(0.42, 0.2)));
      const bornMs = Math.floor(ms / DAY_MS - years * 365.25) * DAY_MS;
      const id = makeId(seed, ms, 'patient', n);
      known.push({ id, sex, bornMs });
      return {
        labId,
        id,
        prefix,
        serial,
        name: nameOf(random, column, family.surname),
        sex,
        bornOn: new Date(bornMs).toISOString().slice(0, 10),
        isBornOnApproximate: random.next() < 0.6,
        mobile: random.next() < 0.97 ? family.mobile : null,
        registeredAt: new Date(ms).toISOString(),
      };
    },
  };
}

function nameOf(random: Seeded, sex: 'male' | 'female', surname: string): string {
  const luck = random.next();
  if (luck < 0.05) return `${pick(random, IN_DEVANAGARI[sex])} ${pick(random, SURNAMES_IN_DEVANAGARI)}`;
  const first = pick(random, sex === 'male' ? MALE : FEMALE);
  // The father's or the husband's name in between, as the west of India has it.
  return luck < 0.35 ? `${first} ${pick(random, MALE)} ${surname}` : `${first} ${surname}`;
}

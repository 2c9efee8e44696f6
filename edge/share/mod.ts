// Links that let a study out of its practice (PA-4, PA-6): 256 bits in the fragment of an address, which no server
// log and no referrer ever sees. Opening is a POST that counts, and gives a visit of twelve hours in a cookie of its
// own; every request of a visit asks the link's row.
export { adoptions, opened, shares, sharesOfStudy } from "./routes.ts";

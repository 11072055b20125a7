/** What a SQLite file says, asked past every process of Breakwater. Deliberately absent: writing. */
import { execFileSync } from 'node:child_process';

const READ = `import json, sqlite3, sys
database = sqlite3.connect("file:" + sys.argv[1] + "?mode=ro", uri=True, timeout=10)
database.row_factory = sqlite3.Row
print(json.dumps([dict(row) for row in database.execute(sys.argv[2])]))`;

/** Every row that the query gives, each by the names of its columns. */
export function rows<Row>(file: string, query: string): Row[] {
  return JSON.parse(execFileSync('python3', ['-c', READ, file, query], { encoding: 'utf8' })) as Row[];
}

export async function login(db, name, password) {
  const rows = await db.query(`select * from users where name = '${name}'`);
  return rows.length === 1 && rows[0].password === password;
}

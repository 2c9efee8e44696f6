/** Words of a form's failure as a whole; nothing where there are none. */
export function FormFault({ words }: { words: string }) {
  return words ? <p class="form-fault" role="alert">{words}</p> : null;
}

/** What interactions do with a page, in whichever browser: a part of Playwright's `Page`. */
export interface Actor {
  click(
    selector: string,
    options?: { button?: "left" | "middle" | "right"; force?: boolean },
  ): Promise<unknown>;
  dblclick(selector: string): Promise<unknown>;
  press(selector: string, key: string): Promise<unknown>;
  fill(selector: string, text: string): Promise<unknown>;
  evaluate<Answer, Argument>(
    code: string | ((argument: Argument) => Answer),
    argument?: Argument,
  ): Promise<Awaited<Answer>>;
  goBack(): Promise<unknown>;
  goForward(): Promise<unknown>;
  reload(): Promise<unknown>;
  waitForURL(pattern: string): Promise<unknown>;
  keyboard: { press(key: string): Promise<unknown> };
}
